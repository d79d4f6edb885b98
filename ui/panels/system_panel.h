// SPDX-License-Identifier: GPL-3.0-or-later
// How busy this machine is: CPU, memory, the disk of the runs, each GPU.
#pragma once

#include <QWidget>
#include <vector>

#include "ui/services/system_monitor.h"

class QLabel;
class QVBoxLayout;

namespace switchyard::ui {

class ProgressBarThin;

/// One share with its name, its value in words and a bar. Thread: GUI thread.
class LoadRow : public QWidget {
    Q_OBJECT
public:
    explicit LoadRow(const QString& name, QWidget* parent = nullptr);
    void setName(const QString& name);
    /// `share` 0 to 1; over `warn_at` the bar warns.
    void setLoad(const QString& value, double share, double warn_at);
    QString value() const;

private:
    QLabel *name_, *value_;
    ProgressBarThin* bar_;
};

/// Thread: GUI thread; changes at most once a second.
class SystemPanel : public QWidget {
    Q_OBJECT
public:
    explicit SystemPanel(QWidget* parent = nullptr);
    void setLoad(const SystemLoad& load);
    /// In one line, for the status bar.
    static QString summary(const SystemLoad& load);

private:
    struct Gpu {
        QLabel *title, *caption;
        LoadRow *busy, *memory;
    };
    void placeGpus(std::size_t count);

    QVBoxLayout* column_;
    LoadRow *cpu_, *memory_, *disk_;
    QLabel *disk_rates_, *no_gpu_;
    std::vector<Gpu> gpus_;
};

}  // namespace switchyard::ui
