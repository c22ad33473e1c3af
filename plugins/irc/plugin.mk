LIBS_irc = $(LIBS_kit)
