"""What a server for several people needs: settings, log, health, stopping."""
