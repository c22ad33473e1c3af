# What the kit needs; a connector that uses only a part of it is linked with the libraries of that part. Also in tocsin-kit.pc.
LIBS_kit = libcurl libcjson md4c libcrypto
# What tests need beyond what the core is linked with.
LIBS_chat_test = libedit
