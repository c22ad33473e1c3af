#include "host/confine.h"

#include <errno.h>
#include <linux/capability.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DESCRIPTORS 512

static void limit(int resource, rlim_t most)
{
    struct rlimit value;
    if (getrlimit((__rlimit_resource_t)resource, &value) == 0) {
        value.rlim_cur = value.rlim_max < most ? value.rlim_max : most;
        value.rlim_max = value.rlim_cur;
        setrlimit((__rlimit_resource_t)resource, &value);
    }
}

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer)
static void filter_calls(void)
{
}

void confine_network(void)
{
}

void confine_memory(int64_t bytes)
{
    (void)bytes;
}
#else
/* Private writable memory. A limit on the address space would also count reservations, and threads make many. */
void confine_memory(int64_t bytes)
{
    if (bytes > 0)
        limit(RLIMIT_DATA, (rlim_t)bytes);
}

/* What no connector has a reason to call. */
static const int denied[] = {
    /* programs and processes */
    SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(ptrace),
    SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_getfd),
    SCMP_SYS(pidfd_send_signal), SCMP_SYS(tkill), SCMP_SYS(kcmp),
    /* identity */
    SCMP_SYS(setuid), SCMP_SYS(setgid), SCMP_SYS(setreuid), SCMP_SYS(setregid), SCMP_SYS(setresuid),
    SCMP_SYS(setresgid), SCMP_SYS(setfsuid), SCMP_SYS(setfsgid), SCMP_SYS(setgroups), SCMP_SYS(capset),
    SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(request_key), SCMP_SYS(personality),
    /* mounts and namespaces */
    SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(mount_setattr), SCMP_SYS(move_mount), SCMP_SYS(open_tree),
    SCMP_SYS(fsopen), SCMP_SYS(fsmount), SCMP_SYS(fsconfig), SCMP_SYS(pivot_root), SCMP_SYS(chroot),
    SCMP_SYS(setns), SCMP_SYS(unshare), SCMP_SYS(open_by_handle_at),
    /* the kernel and the machine */
    SCMP_SYS(bpf), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module), SCMP_SYS(kexec_load),
    SCMP_SYS(kexec_file_load), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(swapoff), SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd), SCMP_SYS(io_uring_setup), SCMP_SYS(acct), SCMP_SYS(quotactl), SCMP_SYS(syslog),
    SCMP_SYS(sethostname), SCMP_SYS(setdomainname), SCMP_SYS(settimeofday), SCMP_SYS(clock_settime),
    SCMP_SYS(clock_adjtime), SCMP_SYS(adjtimex), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(vhangup)};

static int add_rules(scmp_filter_ctx filter)
{
    /* Threads but no processes; signals to this process only. clone3 hides its flags from the filter, so ENOSYS makes
       libc fall back to clone. */
    const struct scmp_arg_cmp no_thread = {0, SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0};
    const struct scmp_arg_cmp other = {0, SCMP_CMP_NE, (uint32_t)getpid(), 0}, any = {0, SCMP_CMP_NE, 0, 0};
    const struct {
        int call, error;
        const struct scmp_arg_cmp *when;
    } rules[] = {{SCMP_SYS(clone3), ENOSYS, NULL},
                 {SCMP_SYS(clone), EPERM, &no_thread},
                 {SCMP_SYS(kill), EPERM, &other},
                 {SCMP_SYS(tgkill), EPERM, &other},
                 {SCMP_SYS(prlimit64), EPERM, &any}};
    int rc = 0;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]) && !rc; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO((uint32_t)rules[i].error), rules[i].call,
                                    rules[i].when != NULL, rules[i].when);
    for (size_t i = 0; i < sizeof(denied) / sizeof(denied[0]) && !rc; i++)
        rc = seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), denied[i], 0, NULL);
    return rc;
}

static int add_socket(scmp_filter_ctx filter)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket), 0, NULL);
}

static void filter_by(int (*rules)(scmp_filter_ctx filter))
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    int rc = filter ? rules(filter) : -ENOMEM;
    if (rc == 0)
        rc = seccomp_load(filter);
    if (rc)
        fprintf(stderr, "running without a system call filter: the kernel does not support it (%d)\n", rc);
    seccomp_release(filter);
}

static void filter_calls(void)
{
    filter_by(add_rules);
}

void confine_network(void)
{
    filter_by(add_socket);
}
#endif

/* What the kernel lets root do besides using root's own files. Another user has none of it anyway. */
static void drop_capabilities(void)
{
    struct __user_cap_header_struct own = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {{0}};
    for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
        prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    if (syscall(SYS_capset, &own, none))
        fprintf(stderr, "running with the capabilities of tocsind: they cannot be dropped (%s)\n",
                strerror(errno));
}

void confine_process(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    drop_capabilities();
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, DESCRIPTORS);
    filter_calls();
}
