LIBS_slack = $(LIBS_kit) libwebsockets
