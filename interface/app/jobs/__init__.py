"""Long work in worker processes: runs, studies, progress and cancel."""
