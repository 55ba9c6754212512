"""Rules on what institutions must do: prices, designation, prescriptions, records, admissions."""
