"""What requests can differ in: one axis a file, each cut into finitely many classes of requests."""
