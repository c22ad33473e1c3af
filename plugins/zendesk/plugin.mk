LIBS_zendesk = $(LIBS_kit)
