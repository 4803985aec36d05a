"""The report: adopted paragraphs become recommendations, frozen in editions, drawn in files."""
