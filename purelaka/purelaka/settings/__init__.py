"""One settings module an environment: dev, staging, production. base holds what they share."""
