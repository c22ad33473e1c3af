LIBS_intercom = $(LIBS_kit)
