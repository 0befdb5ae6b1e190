"""The page: the only rooms, beside app.py, that import gradio."""
