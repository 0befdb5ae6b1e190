"""The page, in Gradio: one file a tab, and what the tabs share."""
