"""What a person shows beside the password."""
