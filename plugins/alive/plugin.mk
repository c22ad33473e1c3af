LIBS_alive = $(LIBS_kit)
