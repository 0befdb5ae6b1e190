"""Acts: the keyframes of hands, props and eyes for each activity."""
