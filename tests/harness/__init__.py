"""What the Python suites share: the server as a process, PostgreSQL, API and registry clients, images."""
