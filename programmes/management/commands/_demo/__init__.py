"""What `load_demo` loads: the sample people, programmes and activities of programmes/demo_data, in bulk."""
