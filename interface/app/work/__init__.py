"""What a person does with saved work as a whole: versions, links, export and import, files that were read."""
