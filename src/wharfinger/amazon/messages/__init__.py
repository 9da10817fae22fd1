"""Amazon's JSON as frozen values, and ours as Amazon's JSON. One file for each of its APIs."""
