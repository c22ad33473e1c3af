LIBS_webhook = $(LIBS_kit)
