"""`make faults`: web workers and databases are killed while people send entries, and nothing may be lost or doubled."""
