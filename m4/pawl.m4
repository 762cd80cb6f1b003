dnl pawl.m4 - the few macros that configure.ac is written in.

dnl PAWL_SWITCH(NAME, DEFAULT, HELP): --enable-NAME, in $enable_NAME yes or no.
AC_DEFUN([PAWL_SWITCH], [
    AC_ARG_ENABLE([$1],
        [AS_HELP_STRING(m4_if([$2], [yes], [--disable-$1], [--enable-$1]),
                        [$3])],
        [AS_CASE([$enableval], [yes|no], [],
                 [AC_MSG_ERROR([--enable-$1 takes yes or no])])],
        [enable_$1=$2])
])

dnl PAWL_TRY_CFLAG(FLAG, IF-KNOWN, IF-NOT): clang only warns about a flag that
dnl it does not know, hence -Werror.
AC_DEFUN([PAWL_TRY_CFLAG], [
    AC_MSG_CHECKING([whether $CC takes $1])
    pawl_saved_cflags=$CFLAGS
    CFLAGS="$CFLAGS -Werror $1"
    AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
        [pawl_known=yes], [pawl_known=no])
    CFLAGS=$pawl_saved_cflags
    AC_MSG_RESULT([$pawl_known])
    AS_IF([test $pawl_known = yes], [$2], [$3])
])

dnl PAWL_TRY_LDFLAG(FLAG, IF-KNOWN, IF-NOT)
AC_DEFUN([PAWL_TRY_LDFLAG], [
    AC_MSG_CHECKING([whether $CC links with $1])
    pawl_saved_ldflags=$LDFLAGS
    LDFLAGS="$LDFLAGS $1"
    AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
        [pawl_known=yes], [pawl_known=no])
    LDFLAGS=$pawl_saved_ldflags
    AC_MSG_RESULT([$pawl_known])
    AS_IF([test $pawl_known = yes], [$2], [$3])
])

dnl PAWL_ADD_FLAG(FLAG), PAWL_ADD_LDFLAG(FLAG): added where it is known. What
dnl the C compiler takes, its C++ sibling takes as well.
AC_DEFUN([PAWL_ADD_FLAG],
    [PAWL_TRY_CFLAG([$1], [PAWL_FLAGS="$PAWL_FLAGS $1"])])
AC_DEFUN([PAWL_ADD_LDFLAG],
    [PAWL_TRY_LDFLAG([$1], [PAWL_LDFLAGS="$PAWL_LDFLAGS $1"])])

dnl PAWL_ADD_BOTH(FLAG): one that compiling and linking both need; asked for by
dnl the user, so that it is an error where it is missing.
AC_DEFUN([PAWL_ADD_BOTH], [
    PAWL_TRY_LDFLAG([$1], [
        PAWL_FLAGS="$PAWL_FLAGS $1"
        PAWL_LDFLAGS="$PAWL_LDFLAGS $1"],
        [AC_MSG_ERROR([this compiler cannot build with $1])])
])

dnl PAWL_NEED(NAME, MODULE, DEBIAN-PACKAGE, [OTHERWISE]): NAME_CFLAGS and
dnl NAME_LIBS by pkg-config, or an error that says what to install.
AC_DEFUN([PAWL_NEED],
    [PKG_CHECK_MODULES([$1], [$2], [],
        [AC_MSG_ERROR([$2 is missing: install $3 (Debian)$4])])])
