LIBS_push = $(LIBS_kit)
