"""How the page looks: quiet surfaces, one accent, and only fonts the visitor's machine has."""

import gradio as gr

FONT = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
MONO = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace"]


def theme() -> gr.themes.Base:
    """The theme; Gradio's own would fetch web fonts."""
    sizes = gr.themes.sizes
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="slate",
        spacing_size=sizes.spacing_sm,
        radius_size=sizes.radius_sm,
        font=FONT,
        font_mono=MONO,
    ).set(
        body_background_fill="#f6f7f9",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_800",
        block_label_text_color="*neutral_600",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_400",
    )
