LIBS_rt = $(LIBS_kit)
