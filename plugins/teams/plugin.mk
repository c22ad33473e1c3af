LIBS_teams = $(LIBS_kit)
