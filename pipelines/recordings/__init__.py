"""What a lab hands in: a video, the gaze of who wore the camera, and true labels."""
