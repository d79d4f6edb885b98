// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/services/child_process.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <QProcess>
#include <QProcessEnvironment>
#include <csignal>

namespace switchyard::ui {

void tieToThisProcess(QProcess& process) {
    QProcessEnvironment environment = process.processEnvironment();
    if (environment.isEmpty()) environment = QProcessEnvironment::systemEnvironment();
    // Threads that wait by spinning would take the cores from a training on this machine.
    if (!environment.contains(QStringLiteral("OMP_WAIT_POLICY"))) {
        environment.insert(QStringLiteral("OMP_WAIT_POLICY"), QStringLiteral("PASSIVE"));
    }
    process.setProcessEnvironment(environment);
    // In the child, between fork and exec.
    process.setChildProcessModifier([parent = getpid()] {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent) _exit(127);
    });
}

}  // namespace switchyard::ui
