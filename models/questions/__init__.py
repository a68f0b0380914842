"""What a manager's questions are made of: worlds, answers, and what may turn out differently."""
