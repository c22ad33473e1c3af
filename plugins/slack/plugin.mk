LIBS_slack = libcjson libcurl libcrypto md4c libwebsockets
