// SPDX-License-Identifier: GPL-3.0-or-later
// Error count and "Start run" at the right of the page bar, and what the button does.
#pragma once

#include <QPointer>
#include <QWidget>

#include "core/base/launch/supervisor.h"
#include "ui/models/config_document.h"
#include "ui/services/failure.h"

class QPushButton;

namespace switchyard::ui {

class AppContext;
class ProfileChoice;

/// The runs folder that a text without run.dir has to be given; "" when it is the default one anyway.
QString runsDirOverride(const AppContext& context, const ConfigCheck& check);

/// Thread: GUI thread.
class StartControl : public QWidget {
    Q_OBJECT
public:
    /// Both outlive the control.
    StartControl(AppContext& context, ConfigDocument& document, QWidget* parent = nullptr);
    void start();
    /// Lets the run wait for its turn, with this text as it stands now.
    void queue();
    bool canStart() const;
    /// Where it starts the run, "local" = this machine.
    QString profile() const;

Q_SIGNALS:
    void nextProblemRequested();
    void started(const QString& run_dir);
    void failed(const switchyard::ui::Failure& failure);
    void profileChosen();

private:
    bool hasText() const;
    launch::TrainRequest request() const;
    void refresh();
    void recolor();

    AppContext& context_;
    ConfigDocument& document_;
    bool starting_ = false;
    ProfileChoice* where_;
    QPushButton *problems_, *queue_, *start_;
};

}  // namespace switchyard::ui
