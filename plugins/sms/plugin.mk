LIBS_sms = $(LIBS_kit)
