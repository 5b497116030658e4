"""The pages of the queues: who works where, and which way cases go."""
