LIBS_jira = $(LIBS_kit)
