"""What hands, props and eyes do in each activity."""
