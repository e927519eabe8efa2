"""Where photographs come from: one line a source."""

SOURCES = {
    "built_in": "tasks.pictures.built_in:BuiltIn",
    "folder": "tasks.pictures.folder:Folder",
    "video": "tasks.pictures.video:Video",
}
