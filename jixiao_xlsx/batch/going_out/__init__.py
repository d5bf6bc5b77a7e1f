"""What leaves a run as a whole: the files about all departments, and the parcels for each."""
