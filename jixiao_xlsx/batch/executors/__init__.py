"""Who does the tasks of a run: processes of this machine, or a cluster."""
