LIBS_github = $(LIBS_kit)
