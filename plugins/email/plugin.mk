LIBS_email = $(LIBS_kit) gmime-3.0
$(B)/plugins/email/%.o: CFLAGS += $(shell pkg-config --cflags gmime-3.0 2>/dev/null)
