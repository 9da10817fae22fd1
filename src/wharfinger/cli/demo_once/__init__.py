"""The main job without a browser: the same pages, the same redirects, judged by the simulator's books."""
