/* Force-included everywhere: functions that invite mistakes do not compile. */
#pragma once
#ifndef __cplusplus
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#pragma GCC poison strcpy strcat strncpy sprintf vsprintf strtok atoi atol atoll gets localtime \
    gmtime asctime ctime rand srand system popen strerror
#endif
