// SPDX-License-Identifier: GPL-3.0-or-later
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <QtTest>

#include "tests/ui/ui_tools.h"
#include "ui/panels/configure/config_form.h"
#include "ui/panels/configure_page.h"
#include "ui/services/app_context.h"
#include "ui/services/run_feed.h"
#include "ui/widgets/yaml_editor.h"

using namespace switchyard;
using namespace switchyard::ui;
using namespace switchyard::test;

/// The page below a page bar, as in the window.
struct Host {
    explicit Host(const QString& runs_dir) : context(runs_dir) {
        page = new ConfigurePage(context);
        auto* column = new QVBoxLayout(&window);
        column->setContentsMargins(0, 0, 0, 0);
        column->setSpacing(0);
        auto* bar = new QWidget;
        bar->setProperty("toolbar", true);
        bar->setAttribute(Qt::WA_StyledBackground);
        bar->setFixedHeight(40);
        auto* row = new QHBoxLayout(bar);
        row->setContentsMargins(12, 0, 12, 0);
        row->addStretch(1);
        row->addWidget(page->pageActions());
        column->addWidget(bar);
        column->addWidget(page, 1);
        window.resize(1150, 840);
        window.show();
    }
    AppContext context;
    QWidget window;
    ConfigurePage* page;
};

class ConfigurePageTest : public QObject {
    Q_OBJECT
public:
    explicit ConfigurePageTest(const OwnFolders& folders) : folders_(folders) {}
private Q_SLOTS:
    void initTestCase() { Theme::instance().setDark(false); }
    void looks() {
        Host host(folders_.path("data/switchyard/runs"));
        ConfigurePage& page = *host.page;
        QTRY_VERIFY(page.document().isChecked() && !page.document().text().empty());
        host.window.resize(990, 700);
        shot(host.window, "opened-990");
        page.document().setValue("model.moe.experts", {"0.5"});
        page.document().setValue("model.moe.gate", {"topp"});
        page.document().setValue("task.matching_block", {"15"});
        page.document().setValue("optim.lr", {"3.0e-4"});
        page.document().setValue("optim.warmup_steps", {"3000"});
        page.document().setValue("train.steps", {"300"});
        page.document().setValue("train.epochs", {"0"});
        QTRY_VERIFY(page.document().isChecked());
        shotInBothThemes(host.window, "errors-990");
        host.window.resize(1150, 840);
        shotInBothThemes(host.window, "errors-1150");
        Theme::instance().setDark(false);
        host.window.resize(2200, 1340);
        shot(host.window, "errors-2200");
    }

private:
    const OwnFolders& folders_;
};

int main(int argc, char** argv) {
    const OwnFolders folders;
    QApplication app(argc, argv);
    ConfigurePageTest test(folders);
    return QTest::qExec(&test, argc, argv);
}
#include "configure_page_test.moc"
