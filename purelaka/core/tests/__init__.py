"""What is true of the whole store. people.py has the people whom every app's tests know."""
