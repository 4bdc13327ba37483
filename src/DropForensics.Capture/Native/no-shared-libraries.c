#include <errno.h>
#include <stddef.h>

/* A static program of glibc still loads shared libraries of the host for these: NSS modules to look up users and groups, and whatever is
   asked for by dlopen. Versions that do not match crash it. The agent needs none of it: nobody is found, and nothing is loaded. The runtime
   refers to all five, so the linker takes these. Link with --wrap=dlopen. */

int getpwuid_r(unsigned user, void *entry, char *text, size_t size, void **result) {
  (void)user; (void)entry; (void)text; (void)size;
  *result = NULL;
  return ENOENT;
}

int getpwnam_r(const char *name, void *entry, char *text, size_t size, void **result) {
  (void)name; (void)entry; (void)text; (void)size;
  *result = NULL;
  return ENOENT;
}

int getgrgid_r(unsigned group, void *entry, char *text, size_t size, void **result) {
  (void)group; (void)entry; (void)text; (void)size;
  *result = NULL;
  return ENOENT;
}

int getgrouplist(const char *name, unsigned group, unsigned *groups, int *count) {
  (void)name; (void)group; (void)groups;
  *count = 0;
  return -1;
}

void *__wrap_dlopen(const char *path, int flags) {
  (void)path; (void)flags;
  return NULL;
}
