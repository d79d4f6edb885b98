// SPDX-License-Identifier: GPL-3.0-or-later
// Error count and "Start run" at the right of the page bar, and what the button does.
#pragma once

#include <QPointer>
#include <QWidget>

#include "ui/models/config_document.h"
#include "ui/services/failure.h"

class QPushButton;

namespace switchyard::ui {

class AppContext;

/// The runs folder that a text without run.dir has to be given; "" when it is the default one anyway.
QString runsDirOverride(const AppContext& context, const ConfigCheck& check);

/// Thread: GUI thread.
class StartControl : public QWidget {
    Q_OBJECT
public:
    /// Both outlive the control.
    StartControl(AppContext& context, ConfigDocument& document, QWidget* parent = nullptr);
    void start();
    bool canStart() const;

Q_SIGNALS:
    void nextProblemRequested();
    void started(const QString& run_dir);
    void failed(const switchyard::ui::Failure& failure);

private:
    bool hasText() const;
    void refresh();
    void recolor();

    AppContext& context_;
    ConfigDocument& document_;
    bool starting_ = false;
    QPushButton *problems_, *start_;
};

}  // namespace switchyard::ui
