CREATE TABLE "dossier_dismissals" (
	"id" uuid PRIMARY KEY NOT NULL,
	"one_id" uuid NOT NULL,
	"other_id" uuid NOT NULL,
	"reason" text NOT NULL,
	"dismissed_by" uuid NOT NULL,
	"dismissed_at" timestamp (3) with time zone NOT NULL,
	"ended_by" uuid,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "dossier_dismissals_two_ck" CHECK ("dossier_dismissals"."one_id" < "dossier_dismissals"."other_id"),
	CONSTRAINT "dossier_dismissals_reason_ck" CHECK (char_length("dossier_dismissals"."reason") between 2 and 300),
	CONSTRAINT "dossier_dismissals_ended_ck" CHECK (("dossier_dismissals"."ended_at" is null) = ("dossier_dismissals"."ended_by" is null))
);
--> statement-breakpoint
ALTER TABLE "dossier_dismissals" ADD CONSTRAINT "dossier_dismissals_one_fk" FOREIGN KEY ("one_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_dismissals" ADD CONSTRAINT "dossier_dismissals_other_fk" FOREIGN KEY ("other_id") REFERENCES "public"."dossiers"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_dismissals" ADD CONSTRAINT "dossier_dismissals_by_fk" FOREIGN KEY ("dismissed_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "dossier_dismissals" ADD CONSTRAINT "dossier_dismissals_ender_fk" FOREIGN KEY ("ended_by") REFERENCES "public"."staff"("id") ON DELETE restrict ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "dossier_dismissals_live_uq" ON "dossier_dismissals" USING btree ("one_id","other_id") WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX "dossier_dismissals_other_ix" ON "dossier_dismissals" USING btree ("other_id");
--> statement-breakpoint
-- Who may judge two dossiers to be two subjects: triage, where they see both. Auditors read it. As in 0025.
ALTER TABLE dossier_dismissals ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY portal ON dossier_dismissals USING ((SELECT acting_for_portal()));
--> statement-breakpoint
CREATE POLICY office_reads ON dossier_dismissals FOR SELECT
  USING ((SELECT acting_as('triage_officer', 'auditor'))
    AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = one_id) AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = other_id));
--> statement-breakpoint
CREATE POLICY triage_adds ON dossier_dismissals FOR INSERT
  WITH CHECK ((SELECT acting_as('triage_officer')) AND dismissed_by = (SELECT acting_staff())
    AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = one_id) AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = other_id));
--> statement-breakpoint
CREATE POLICY triage_ends ON dossier_dismissals FOR UPDATE
  USING ((SELECT acting_as('triage_officer'))
    AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = one_id) AND EXISTS (SELECT 1 FROM dossiers d WHERE d.id = other_id))
  WITH CHECK (ended_by = (SELECT acting_staff()));
--> statement-breakpoint
-- A judgement is taken back once, and nothing else of it changes.
CREATE FUNCTION keep_dismissal() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL
     OR (to_jsonb(NEW) - '{ended_at,ended_by}'::text[]) <> (to_jsonb(OLD) - '{ended_at,ended_by}'::text[]) THEN
    RAISE EXCEPTION 'a dismissal is only taken back, once' USING ERRCODE = 'check_violation', CONSTRAINT = 'dossier_dismissals_kept';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER dossier_dismissals_kept BEFORE UPDATE OR DELETE ON dossier_dismissals
  FOR EACH ROW EXECUTE FUNCTION keep_dismissal();
--> statement-breakpoint
-- Traditional characters one by one as simplified ones, by the table of OpenCC that the dossiers' names are folded with
-- (server/dossiers/fold-name.server.ts): without it a lead is found in one script alone. Most names have none: those
-- are told at once.
CREATE FUNCTION simplify_for_search(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  traditional CONSTANT text :=
    '㑯㑳㑶㓨㘚㜄㜏㠏㥮㩜㩳㩵䁻䃮䊷䋙䋚䋹䋻䍦䎱䙡䜀䝼䥇䥑䥱䦛䦟䯀䰾䱷䱽䲁䲘䴉丟並乾亂亙亞佇佈佔併來侖侶侷俁係俔俠俥俬倀倆倈倉個們倖倫倲偉偑側偵偽傌傑傖傘備傢傭傯傳傴'
    '債傷傾僂僅僉僑僕僞僥僨僱價儀儁儂億儈儉儎儐儔儕儘償優儲儷儸儺儻儼兇兌兒兗內兩冊冑冪凈凍凜凱別刪剄則剋剎剗剛剝剮剴創剷劃劄劇劉劊劌劍劏劑劚勁動務勛勝勞勢勩勱勳勵勸'
    '勻匭匯匱區協卹卻卽厙厠厤厭厲厴參叄叢吒吳吶呂咼員唄唸問啓啞啟啢喎喚喪喫喬單喲嗆嗇嗊嗎嗚嗩嗶嘆嘍嘓嘔嘖嘗嘜嘩嘮嘯嘰嘵嘸嘽噁噓噚噝噠噥噦噯噲噴噸噹嚀嚇嚌嚐嚕嚙嚥嚦嚨'
    '嚮嚲嚳嚴嚶囀囁囂囅囈囉囌囑囪圇國圍園圓圖團垻埡埰執堅堊堖堝堯報場塊塋塏塒塗塚塢塤塵塹墊墜墮墰墳墶墻墾壇壋壎壓壘壙壚壜壞壟壠壢壩壪壯壺壼壽夠夢夥夾奐奧奩奪奬奮奼妝'
    '姍姦娛婁婦婭媧媯媰媼媽嫋嫗嫵嫺嫻嫿嬀嬃嬈嬋嬌嬙嬡嬤嬪嬰嬸孃孋孌孫學孿宮寀寢實寧審寫寬寵寶將專尋對導尷屆屍屓屜屢層屨屬岡峯峴島峽崍崑崗崙崢崬嵐嵗嵾嶁嶄嶇嶔嶗嶠嶢嶧'
    '嶨嶮嶸嶺嶼嶽巋巒巔巖巰巹帥師帳帶幀幃幓幗幘幟幣幫幬幷幹幾庫廁廂廄廈廎廕廚廝廟廠廡廢廣廩廬廳弒弔弳張強彆彈彌彎彔彙彠彥彫彲彿後徑從徠復徵徹恆恥悅悞悵悶悽惡惱惲惻愛'
    '愜愨愴愷愾慄態慍慘慚慟慣慤慪慫慮慳慶慺慼慾憂憊憐憑憒憖憚憤憫憮憲憶懇應懌懍懞懟懣懤懨懲懶懷懸懺懼懾戀戇戔戧戩戰戱戲戶扞拋拚挩挱挾捨捫捱捲掃掄掆掗掙掛採揀揚換揮揯'
    '損搖搗搧搵搶摑摜摟摯摳摶摺摻撈撏撐撓撝撟撣撥撫撲撳撻撾撿擁擄擇擊擋擓擔據擠擡擣擬擯擰擱擲擴擷擺擻擼擽擾攄攆攏攔攖攙攛攜攝攢攣攤攪攬敎敓敗敘敵數斂斃斆斕斬斷於旂旣'
    '昇時晉晝暈暉暘暢暫曄曆曇曉曏曖曠曨曬書會朧朮東枴柵柺査桿梔梘條梟梲棄棊棖棗棟棡棧棲棶椏椲楊楓楨業極榘榦榪榮榲榿構槍槓槤槧槨槮槳槶槼樁樂樅樑樓標樞樢樣樧樫樳樸樹樺'
    '樿橈橋機橢橫檁檉檔檜檟檢檣檮檯檳檸檻櫃櫓櫚櫛櫝櫞櫟櫥櫧櫨櫪櫫櫬櫱櫳櫸櫻欄欅權欏欒欖欞欽歎歐歟歡歲歷歸歿殘殞殤殨殫殭殮殯殰殲殺殻殼毀毆毿氂氈氌氣氫氬氳氾汎汙決沒沖'
    '況泝洩洶浹涇涗涼淒淚淥淨淩淪淵淶淺渙減渢渦測渾湊湞湧湯溈準溝溫溮溳溼滄滅滌滎滙滬滯滲滷滸滻滾滿漁漊漚漢漣漬漲漵漸漿潁潑潔潙潚潛潤潯潰潷潿澀澆澇澐澗澠澤澦澩澮澱澾'
    '濁濃濄濕濘濚濛濜濟濤濧濫濰濱濺濼濾瀂瀅瀆瀇瀉瀋瀏瀕瀘瀝瀟瀠瀦瀧瀨瀰瀲瀾灃灄灑灕灘灝灡灣灤灧灩災為烏烴無煉煒煙煢煥煩煬煱熅熒熗熱熲熾燁燈燉燒燙燜營燦燬燭燴燶燻燼燾'
    '爍爐爛爭爲爺爾牀牆牘牴牽犖犛犢犧狀狹狽猙猶猻獁獃獄獅獎獨獪獫獮獰獱獲獵獷獸獺獻獼玀現琱琺琿瑋瑒瑣瑤瑩瑪瑲璉璡璣璦璫璯環璵璸璽璿瓊瓏瓔瓚甌甕產産畝畢畫異畵當疇疊痙'
    '痠痾瘂瘋瘍瘓瘞瘡瘧瘮瘲瘺瘻療癆癇癉癒癘癟癡癢癤癥癧癩癬癭癮癰癱癲發皁皚皰皸皺盃盜盞盡監盤盧盪眞眥眾睏睜睞瞘瞜瞞瞶瞼矇矓矚矯硃硜硤硨硯碕碩碭碸確碼碽磑磚磠磣磧磯磽'
    '磾礄礎礙礦礪礫礬礱祕祿禍禎禕禡禦禪禮禰禱禿秈稅稈稏稜稟種稱穀穇穌積穎穠穡穢穩穫穭窩窪窮窯窵窶窺竄竅竇竈竊竪競筆筍筧筴箇箋箏箚節範築篋篔篠篤篩篳簀簍簑簞簡簣簫簹簽'
    '簾籃籌籔籙籛籜籟籠籤籩籪籬籮籲粵糉糝糞糧糰糲糴糶糹糾紀紂約紅紆紇紈紉紋納紐紓純紕紖紗紘紙級紛紜紝紡紬紮細紱紲紳紵紹紺紼紿絀終絃組絅絆絎結絕絛絝絞絡絢給絨絰統絲絳'
    '絶絹綁綃綆綈綉綌綏綐綑經綜綞綠綢綣綫綬維綯綰綱網綳綴綵綸綹綺綻綽綾綿緄緇緊緋緑緒緓緔緗緘緙線緝緞締緡緣緦編緩緬緯緱緲練緶緹緻緼縈縉縊縋縐縑縕縗縛縝縞縟縣縧縫縭縮'
    '縱縲縳縴縵縶縷縹總績繃繅繆繒織繕繚繞繡繢繩繪繫繭繮繯繰繳繸繹繼繽繾繿纇纈纊續纍纏纓纔纖纘纜缽罃罈罌罎罰罵罷羅羆羈羋羣羥羨義羶習翫翬翹翽耬耮聖聞聯聰聲聳聵聶職聹聽'
    '聾肅脅脈脛脣脩脫脹腎腖腡腦腫腳腸膃膕膚膞膠膩膽膾膿臉臍臏臘臚臟臠臢臥臨臺與興舉舊舖舘艙艤艦艫艱艷芻苧茲荊莊莖莢莧華菴菸萇萊萬萴萵葉葒葤葦葯葷蒐蒓蒔蒕蒞蒼蓀蓆蓋蓮'
    '蓯蓴蓽蔔蔘蔞蔣蔥蔦蔭蕁蕆蕎蕒蕓蕕蕘蕢蕩蕪蕭蕷薀薈薊薌薑薔薘薟薦薩薳薴薵薹薺藍藎藝藥藪藭藴藶藹藺蘀蘄蘆蘇蘊蘋蘚蘞蘢蘭蘺蘿虆處虛虜號虧虯蛺蛻蜆蝕蝟蝦蝨蝸螄螞螢螮螻螿'
    '蟄蟈蟎蟣蟬蟯蟲蟶蟻蠁蠅蠆蠍蠐蠑蠔蠟蠣蠨蠱蠶蠻衆衊術衕衚衛衝袞袷裊裏補裝裡製複褌褘褲褳褸褻襇襉襏襖襝襠襤襪襬襯襲襴覈見覎規覓視覘覡覥覦親覬覯覲覷覺覽覿觀觴觶觸訁訂'
    '訃計訊訌討訐訒訓訕訖託記訛訝訟訢訣訥訩訪設許訴訶診註証詁詆詎詐詒詔評詖詗詘詛詞詠詡詢詣試詩詫詬詭詮詰話該詳詵詼詿誄誅誆誇誌認誑誒誕誘誚語誠誡誣誤誥誦誨說説誰課誶'
    '誹誼誾調諂諄談諉請諍諏諑諒論諗諛諜諝諞諡諢諤諦諧諫諭諮諱諳諶諷諸諺諼諾謀謁謂謄謅謊謎謐謔謖謗謙謚講謝謠謡謨謫謬謭謳謹謾譁證譎譏譖識譙譚譜譟譫譭譯議譴護譸譽譾讀讅'
    '變讋讌讎讒讓讕讖讚讜讞谿豈豎豐豔豬豶貍貓貙貝貞貟負財貢貧貨販貪貫責貯貰貲貳貴貶買貸貺費貼貽貿賀賁賂賃賄賅資賈賊賑賒賓賕賙賚賜賞賠賡賢賣賤賦賧質賫賬賭賰賴賵賺賻購'
    '賽賾贄贅贇贈贊贋贍贏贐贓贔贖贗贛贜赬趕趙趨趲跡踐踰踴蹌蹕蹟蹠蹣蹤蹺躂躉躊躋躍躎躑躒躓躕躚躡躥躦躪軀車軋軌軍軑軒軔軛軟軤軫軲軸軹軺軻軼軾較輅輇輈載輊輒輓輔輕輛輜輝'
    '輞輟輥輦輩輪輬輯輳輸輻輼輾輿轀轂轄轅轆轉轍轎轔轟轡轢轤辦辭辮辯農迴逕這連週進遊運過達違遙遜遞遠遡適遲遶遷選遺遼邁還邇邊邏邐郟郵鄆鄉鄒鄔鄖鄧鄭鄰鄲鄴鄶鄺酇酈醃醖醜'
    '醞醟醣醫醬醱釀釁釃釅釋釐釒釓釔釕釗釘釙針釣釤釦釧釩釵釷釹釺釾鈀鈁鈃鈄鈅鈈鈉鈍鈎鈐鈑鈒鈔鈕鈞鈡鈣鈥鈦鈧鈮鈰鈳鈴鈷鈸鈹鈺鈽鈾鈿鉀鉅鉆鉈鉉鉋鉍鉑鉕鉗鉚鉛鉞鉢鉤鉦鉬鉭鉳'
    '鉶鉸鉺鉻鉿銀銃銅銍銑銓銖銘銚銛銜銠銣銥銦銨銩銪銫銬銱銳銷銹銻銼鋁鋃鋅鋇鋌鋏鋒鋙鋝鋟鋣鋤鋥鋦鋨鋩鋪鋭鋮鋯鋰鋱鋶鋸鋼錁錄錆錇錈錏錐錒錕錘錙錚錛錟錠錡錢錦錨錩錫錮錯録'
    '錳錶錸錼鍀鍁鍃鍅鍆鍇鍈鍊鍋鍍鍔鍘鍚鍛鍠鍤鍥鍩鍬鍰鍵鍶鍺鍼鍾鎂鎄鎇鎊鎌鎔鎖鎘鎚鎛鎡鎢鎣鎦鎧鎩鎪鎬鎭鎮鎰鎲鎳鎵鎶鎸鎿鏃鏇鏈鏌鏍鏐鏑鏗鏘鏜鏝鏞鏟鏡鏢鏤鏨鏰鏵鏷鏹鏺鏽鐃'
    '鐋鐐鐒鐓鐔鐘鐙鐝鐠鐥鐦鐧鐨鐫鐮鐯鐲鐳鐵鐶鐸鐺鐿鑄鑊鑌鑑鑒鑔鑕鑞鑠鑣鑥鑭鑰鑱鑲鑷鑹鑼鑽鑾鑿钁钂長門閂閃閆閈閉開閌閎閏閑閒間閔閘閡閣閤閥閨閩閫閬閭閱閲閶閹閻閼閽閾閿'
    '闃闆闇闈闊闋闌闍闐闒闓闔闕闖關闞闠闡闢闤闥陘陝陞陣陰陳陸陽隉隊階隕際隨險隯隱隴隸隻雋雖雙雛雜雞離難雲電霑霢霧霽靂靄靆靈靉靚靜靝靦靨鞏鞝鞦鞽韁韃韆韉韋韌韍韓韙韜韝'
    '韞韻響頁頂頃項順頇須頊頌頎頏預頑頒頓頗領頜頡頤頦頭頮頰頲頴頷頸頹頻頽顆題額顎顏顒顓顔願顙顛類顢顥顧顫顬顯顰顱顳顴風颭颮颯颱颳颶颸颺颻颼飀飄飆飈飛飠飢飣飥飩飪飫飭'
    '飯飱飲飴飼飽飾飿餃餄餅餈餉養餌餎餏餑餒餓餕餖餘餚餛餜餞餡館餬餱餳餵餶餷餺餼餾餿饁饃饅饈饉饊饋饌饑饒饗饜饞饢馬馭馮馱馳馴馹駁駐駑駒駔駕駘駙駛駝駟駡駢駭駰駱駸駿騁騂'
    '騅騌騍騎騏騖騙騤騧騫騭騮騰騶騷騸騾驀驁驂驃驄驅驊驌驍驏驕驗驚驛驟驢驤驥驦驪驫骯髏髒體髕髖髮鬆鬍鬚鬢鬥鬧鬨鬩鬮鬱鬹魎魘魚魛魢魨魯魴魷魺鮁鮃鮊鮋鮍鮎鮐鮑鮒鮓鮚鮜鮝鮞'
    '鮣鮦鮪鮫鮭鮮鮳鮶鮺鯀鯁鯇鯉鯊鯒鯔鯕鯖鯗鯛鯝鯡鯢鯤鯧鯨鯪鯫鯰鯴鯷鯽鯿鰁鰂鰃鰆鰈鰉鰌鰍鰏鰐鰒鰓鰛鰜鰟鰠鰣鰥鰧鰨鰩鰭鰮鰱鰲鰳鰵鰷鰹鰺鰻鰼鰾鱂鱅鱈鱉鱒鱔鱖鱗鱘鱝鱟鱠鱣鱤'
    '鱧鱨鱭鱯鱷鱸鱺鳥鳧鳩鳬鳲鳳鳴鳶鳾鴆鴇鴉鴒鴕鴛鴝鴞鴟鴣鴦鴨鴯鴰鴴鴷鴻鴿鵁鵂鵃鵐鵑鵒鵓鵜鵝鵠鵡鵪鵬鵮鵯鵰鵲鵷鵾鶄鶇鶉鶊鶓鶖鶘鶚鶡鶥鶩鶪鶬鶯鶲鶴鶹鶺鶻鶼鶿鷀鷁鷂鷄鷉鷊'
    '鷓鷖鷗鷙鷚鷥鷦鷫鷯鷲鷳鷴鷸鷹鷺鷽鸂鸇鸊鸌鸏鸕鸘鸚鸛鸝鸞鹵鹹鹺鹼鹽麗麥麩麪麫麯麴麵麼麽黃黌點黨黲黴黶黷黽黿鼂鼉鼕鼴齊齋齎齏齒齔齕齗齙齜齟齠齡齣齦齧齪齬齲齶齷龍龎龐'
    '龑龔龕龜鿁鿓';
  simplified CONSTANT text :=
    '㑔㑇㐹刾㘎㚯㛣㟆㤘㨫㧐擜䀥鿎䌶䌺䌻䌿䌾䍠䎬䙌䜧䞍䦂鿏䥾䦶䦷䯅鲃䲣䲝鳚鳤鹮丢并干乱亘亚伫布占并来仑侣局俣系伣侠伡私伥俩俫仓个们幸伦㑈伟㐽侧侦伪㐷杰伧伞备家佣偬传伛'
    '债伤倾偻仅佥侨仆伪侥偾雇价仪俊侬亿侩俭傤傧俦侪尽偿优储俪㑩傩傥俨凶兑儿兖内两册胄幂净冻凛凯别删刭则克刹刬刚剥剐剀创铲划札剧刘刽刿剑㓥剂㔉劲动务勋胜劳势勚劢勋励劝'
    '匀匦汇匮区协恤却即厍厕历厌厉厣参叁丛咤吴呐吕呙员呗念问启哑启唡㖞唤丧吃乔单哟呛啬唝吗呜唢哔叹喽啯呕啧尝唛哗唠啸叽哓呒啴恶嘘㖊咝哒哝哕嗳哙喷吨当咛吓哜尝噜啮咽呖咙'
    '向亸喾严嘤啭嗫嚣冁呓啰苏嘱囱囵国围园圆图团坝垭采执坚垩垴埚尧报场块茔垲埘涂冢坞埙尘堑垫坠堕坛坟垯墙垦坛垱埙压垒圹垆坛坏垄垅坜坝塆壮壶壸寿够梦伙夹奂奥奁夺奖奋姹妆'
    '姗奸娱娄妇娅娲妫㛀媪妈袅妪妩娴娴婳妫媭娆婵娇嫱嫒嬷嫔婴婶娘㛤娈孙学孪宫采寝实宁审写宽宠宝将专寻对导尴届尸屃屉屡层屦属冈峰岘岛峡崃昆岗仑峥岽岚岁㟥嵝崭岖嵚崂峤峣峄'
    '峃崄嵘岭屿岳岿峦巅岩巯卺帅师帐带帧帏㡎帼帻帜币帮帱并干几库厕厢厩厦庼荫厨厮庙厂庑废广廪庐厅弑吊弪张强别弹弥弯录汇彟彦雕彨佛后径从徕复征彻恒耻悦悮怅闷凄恶恼恽恻爱'
    '惬悫怆恺忾栗态愠惨惭恸惯悫怄怂虑悭庆㥪戚欲忧惫怜凭愦慭惮愤悯怃宪忆恳应怿懔蒙怼懑㤽恹惩懒怀悬忏惧慑恋戆戋戗戬战戯戏户捍抛拼捝挲挟舍扪挨卷扫抡㧏挜挣挂采拣扬换挥搄'
    '损摇捣扇揾抢掴掼搂挚抠抟折掺捞挦撑挠㧑挢掸拨抚扑揿挞挝捡拥掳择击挡㧟担据挤抬捣拟摈拧搁掷扩撷摆擞撸㧰扰摅撵拢拦撄搀撺携摄攒挛摊搅揽教敚败叙敌数敛毙敩斓斩断于旗既'
    '升时晋昼晕晖旸畅暂晔历昙晓向暧旷昽晒书会胧术东拐栅拐查杆栀枧条枭棁弃棋枨枣栋㭎栈栖梾桠㭏杨枫桢业极矩干杩荣榅桤构枪杠梿椠椁椮桨椢椝桩乐枞梁楼标枢㭤样榝㭴桪朴树桦'
    '椫桡桥机椭横檩柽档桧槚检樯梼台槟柠槛柜橹榈栉椟橼栎橱槠栌枥橥榇蘖栊榉樱栏榉权椤栾榄棂钦叹欧欤欢岁历归殁残殒殇㱮殚僵殓殡㱩歼杀壳壳毁殴毵牦毡氇气氢氩氲泛泛污决没冲'
    '况溯泄汹浃泾涚凉凄泪渌净凌沦渊涞浅涣减沨涡测浑凑浈涌汤沩准沟温浉涢湿沧灭涤荥汇沪滞渗卤浒浐滚满渔溇沤汉涟渍涨溆渐浆颍泼洁沩㴋潜润浔溃滗涠涩浇涝沄涧渑泽滪泶浍淀㳠'
    '浊浓㳡湿泞溁蒙浕济涛㳔滥潍滨溅泺滤澛滢渎㲿泻沈浏濒泸沥潇潆潴泷濑弥潋澜沣滠洒漓滩灏㳕湾滦滟滟灾为乌烃无炼炜烟茕焕烦炀㶽煴荧炝热颎炽烨灯炖烧烫焖营灿毁烛烩㶶熏烬焘'
    '烁炉烂争为爷尔床墙牍抵牵荦牦犊牺状狭狈狰犹狲犸呆狱狮奖独狯猃狝狞㺍获猎犷兽獭献猕猡现雕珐珲玮玚琐瑶莹玛玱琏琎玑瑷珰㻅环玙瑸玺璇琼珑璎瓒瓯瓮产产亩毕画异画当畴叠痉'
    '酸疴痖疯疡痪瘗疮疟瘆疭瘘瘘疗痨痫瘅愈疠瘪痴痒疖症疬癞癣瘿瘾痈瘫癫发皂皑疱皲皱杯盗盏尽监盘卢荡真眦众困睁睐眍䁖瞒瞆睑蒙眬瞩矫朱硁硖砗砚埼硕砀砜确码䂵硙砖硵碜碛矶硗'
    '䃅硚础碍矿砺砾矾砻秘禄祸祯祎祃御禅礼祢祷秃籼税秆䅉棱禀种称谷䅟稣积颖秾穑秽稳获穞窝洼穷窑窎窭窥窜窍窦灶窃竖竞笔笋笕䇲个笺筝札节范筑箧筼筿笃筛筚箦篓蓑箪简篑箫筜签'
    '帘篮筹䉤箓篯箨籁笼签笾簖篱箩吁粤粽糁粪粮团粝籴粜纟纠纪纣约红纡纥纨纫纹纳纽纾纯纰纼纱纮纸级纷纭纴纺䌷扎细绂绁绅纻绍绀绋绐绌终弦组䌹绊绗结绝绦绔绞络绚给绒绖统丝绛'
    '绝绢绑绡绠绨绣绤绥䌼捆经综缍绿绸绻线绶维绹绾纲网绷缀彩纶绺绮绽绰绫绵绲缁紧绯绿绪绬绱缃缄缂线缉缎缔缗缘缌编缓缅纬缑缈练缏缇致缊萦缙缢缒绉缣缊缞缚缜缟缛县绦缝缡缩'
    '纵缧䌸纤缦絷缕缥总绩绷缫缪缯织缮缭绕绣缋绳绘系茧缰缳缲缴䍁绎继缤缱䍀颣缬纩续累缠缨才纤缵缆钵䓨坛罂坛罚骂罢罗罴羁芈群羟羡义膻习玩翚翘翙耧耢圣闻联聪声耸聩聂职聍听'
    '聋肃胁脉胫唇修脱胀肾胨脶脑肿脚肠腽腘肤䏝胶腻胆脍脓脸脐膑腊胪脏脔臜卧临台与兴举旧铺馆舱舣舰舻艰艳刍苎兹荆庄茎荚苋华庵烟苌莱万荝莴叶荭荮苇药荤搜莼莳蒀莅苍荪席盖莲'
    '苁莼荜卜参蒌蒋葱茑荫荨蒇荞荬芸莸荛蒉荡芜萧蓣蕰荟蓟芗姜蔷荙莶荐萨䓕苧䓓苔荠蓝荩艺药薮䓖蕴苈蔼蔺萚蕲芦苏蕴苹藓蔹茏兰蓠萝蔂处虚虏号亏虬蛱蜕蚬蚀猬虾虱蜗蛳蚂萤䗖蝼螀'
    '蛰蝈螨虮蝉蛲虫蛏蚁蚃蝇虿蝎蛴蝾蚝蜡蛎蟏蛊蚕蛮众蔑术同胡卫冲衮夹袅里补装里制复裈袆裤裢褛亵裥裥袯袄裣裆褴袜摆衬袭襕核见觃规觅视觇觋觍觎亲觊觏觐觑觉览觌观觞觯触讠订'
    '讣计讯讧讨讦讱训讪讫托记讹讶讼䜣诀讷讻访设许诉诃诊注证诂诋讵诈诒诏评诐诇诎诅词咏诩询诣试诗诧诟诡诠诘话该详诜诙诖诔诛诓夸志认诳诶诞诱诮语诚诫诬误诰诵诲说说谁课谇'
    '诽谊訚调谄谆谈诿请诤诹诼谅论谂谀谍谞谝谥诨谔谛谐谏谕咨讳谙谌讽诸谚谖诺谋谒谓誊诌谎谜谧谑谡谤谦谥讲谢谣谣谟谪谬谫讴谨谩哗证谲讥谮识谯谭谱噪谵毁译议谴护诪誉谫读谉'
    '变詟䜩雠谗让谰谶赞谠谳溪岂竖丰艳猪豮狸猫䝙贝贞贠负财贡贫货贩贪贯责贮贳赀贰贵贬买贷贶费贴贻贸贺贲赂赁贿赅资贾贼赈赊宾赇赒赉赐赏赔赓贤卖贱赋赕质赍账赌䞐赖赗赚赙购'
    '赛赜贽赘赟赠赞赝赡赢赆赃赑赎赝赣赃赪赶赵趋趱迹践逾踊跄跸迹跖蹒踪跷跶趸踌跻跃䟢踯跞踬蹰跹蹑蹿躜躏躯车轧轨军轪轩轫轭软轷轸轱轴轵轺轲轶轼较辂辁辀载轾辄挽辅轻辆辎辉'
    '辋辍辊辇辈轮辌辑辏输辐辒辗舆辒毂辖辕辘转辙轿辚轰辔轹轳办辞辫辩农回径这连周进游运过达违遥逊递远溯适迟绕迁选遗辽迈还迩边逻逦郏邮郓乡邹邬郧邓郑邻郸邺郐邝酂郦腌酝丑'
    '酝蒏糖医酱酦酿衅酾酽释厘钅钆钇钌钊钉钋针钓钐扣钏钒钗钍钕钎䥺钯钫钘钭钥钚钠钝钩钤钣钑钞钮钧钟钙钬钛钪铌铈钶铃钴钹铍钰钸铀钿钾巨钻铊铉铇铋铂钷钳铆铅钺钵钩钲钼钽锫'
    '铏铰铒铬铪银铳铜铚铣铨铢铭铫铦衔铑铷铱铟铵铥铕铯铐铞锐销锈锑锉铝锒锌钡铤铗锋铻锊锓铘锄锃锔锇铓铺锐铖锆锂铽锍锯钢锞录锖锫锩铔锥锕锟锤锱铮锛锬锭锜钱锦锚锠锡锢错录'
    '锰表铼镎锝锨锪钫钔锴锳炼锅镀锷铡钖锻锽锸锲锘锹锾键锶锗针钟镁锿镅镑镰镕锁镉锤镈镃钨蓥镏铠铩锼镐镇镇镒镋镍镓鿔镌镎镞旋链镆镙镠镝铿锵镗镘镛铲镜镖镂錾镚铧镤镪䥽锈铙'
    '铴镣铹镦镡钟镫镢镨䦅锎锏镄镌镰䦃镯镭铁镮铎铛镱铸镬镔鉴鉴镲锧镴铄镳镥镧钥镵镶镊镩锣钻銮凿镢镋长门闩闪闫闬闭开闶闳闰闲闲间闵闸阂阁合阀闺闽阃阆闾阅阅阊阉阎阏阍阈阌'
    '阒板暗闱阔阕阑阇阗阘闿阖阙闯关阚阓阐辟阛闼陉陕升阵阴陈陆阳陧队阶陨际随险陦隐陇隶只隽虽双雏杂鸡离难云电沾霡雾霁雳霭叇灵叆靓静靔腼靥巩绱秋鞒缰鞑千鞯韦韧韨韩韪韬鞲'
    '韫韵响页顶顷项顺顸须顼颂颀颃预顽颁顿颇领颌颉颐颏头颒颊颋颕颔颈颓频颓颗题额颚颜颙颛颜愿颡颠类颟颢顾颤颥显颦颅颞颧风飐飑飒台刮飓飔飏飖飕飗飘飙飚飞饣饥饤饦饨饪饫饬'
    '饭飧饮饴饲饱饰饳饺饸饼糍饷养饵饹饻饽馁饿馂饾余肴馄馃饯馅馆糊糇饧喂馉馇馎饩馏馊馌馍馒馐馑馓馈馔饥饶飨餍馋馕马驭冯驮驰驯驲驳驻驽驹驵驾骀驸驶驼驷骂骈骇骃骆骎骏骋骍'
    '骓骔骒骑骐骛骗骙䯄骞骘骝腾驺骚骟骡蓦骜骖骠骢驱骅骕骁骣骄验惊驿骤驴骧骥骦骊骉肮髅脏体髌髋发松胡须鬓斗闹哄阋阄郁鬶魉魇鱼鱽鱾鲀鲁鲂鱿鲄鲅鲆鲌鲉鲏鲇鲐鲍鲋鲊鲒鲘鲞鲕'
    '䲟鲖鲔鲛鲑鲜鲓鲪鲝鲧鲠鲩鲤鲨鲬鲻鲯鲭鲞鲷鲴鲱鲵鲲鲳鲸鲮鲰鲶鲺鳀鲫鳊鳈鲗鳂䲠鲽鳇䲡鳅鲾鳄鳆鳃鳁鳒鳑鳋鲥鳏䲢鳎鳐鳍鳁鲢鳌鳓鳘鲦鲣鲹鳗鳛鳔鳉鳙鳕鳖鳟鳝鳜鳞鲟鲼鲎鲙鳣鳡'
    '鳢鲿鲚鳠鳄鲈鲡鸟凫鸠凫鸤凤鸣鸢䴓鸩鸨鸦鸰鸵鸳鸲鸮鸱鸪鸯鸭鸸鸹鸻䴕鸿鸽䴔鸺鸼鹀鹃鹆鹁鹈鹅鹄鹉鹌鹏鹐鹎雕鹊鹓鹍䴖鸫鹑鹒鹋鹙鹕鹗鹖鹛鹜䴗鸧莺鹟鹤鹠鹡鹘鹣鹚鹚鹢鹞鸡䴘鹝'
    '鹧鹥鸥鸷鹨鸶鹪鹔鹩鹫鹇鹇鹬鹰鹭鸴㶉鹯䴙鹱鹲鸬鹴鹦鹳鹂鸾卤咸鹾碱盐丽麦麸面面曲曲面么么黄黉点党黪霉黡黩黾鼋鼌鼍冬鼹齐斋赍齑齿龀龁龂龅龇龃龆龄出龈啮龊龉龋腭龌龙厐庞'
    '䶮龚龛龟䜤鿒';
BEGIN
  RETURN CASE WHEN said ~ ('[' || traditional || ']') THEN translate(said, traditional, simplified) ELSE said END;
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION fold_for_search(said text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
  SELECT left(regexp_replace(lower(simplify_for_search(normalize(said, NFKC))),
    '[[:space:][:punct:]、。《》〈〉“”‘’【】〔〕「」『』·—…￥]+', '', 'g'), 100)
$$;
--> statement-breakpoint
-- What is searched for anew, of the leads whose names are written in traditional characters; all others stay.
CREATE TEMPORARY TABLE refolded AS
  SELECT DISTINCT lead_id, number FROM lead_terms
   WHERE reach = '' AND term LIKE 'n:%' AND simplify_for_search(term) <> term;
--> statement-breakpoint
DELETE FROM lead_terms WHERE lead_id IN (SELECT lead_id FROM refolded) AND (term LIKE 'n:%' OR term LIKE 'g:%');
--> statement-breakpoint
INSERT INTO lead_terms (reach, term, number, lead_id, shared)
SELECT '', term, number, lead_id, bool_or(shared) FROM (
  SELECT unnest(name_terms(l.name)) AS term, r.number, r.lead_id, true AS shared FROM refolded r JOIN leads l ON l.id = r.lead_id
  UNION ALL SELECT unnest(name_terms(t.subject_name)), r.number, r.lead_id, NOT t.concerns_official
    FROM refolded r JOIN tips t ON t.lead_id = r.lead_id
  UNION ALL SELECT unnest(name_terms(i.value)), r.number, r.lead_id, NOT t.concerns_official
    FROM refolded r JOIN tips t ON t.lead_id = r.lead_id JOIN tip_identifiers i ON i.tip_id = t.id WHERE i.kind = 'app') said
 GROUP BY term, number, lead_id;
--> statement-breakpoint
INSERT INTO lead_terms (reach, term, number, lead_id, shared)
SELECT c.reach, t.term, t.number, t.lead_id, true
  FROM refolded r JOIN lead_cards c ON c.lead_id = r.lead_id AND c.reach <> ''
  JOIN lead_terms t ON t.lead_id = r.lead_id AND t.reach = '' AND t.shared
ON CONFLICT (reach, term, number) DO NOTHING;
--> statement-breakpoint
DROP TABLE refolded;
--> statement-breakpoint
-- Old choices of leads for acts in bulk go away; the application deletes no rows of its own (db/privileges.ts).
CREATE FUNCTION drop_old_bulk_sets(before timestamptz) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE dropped integer;
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('bulk_sets_dropper', 'the portal itself drops old sets');
  END IF;
  DELETE FROM bulk_rows r USING bulk_sets s WHERE s.id = r.set_id AND s.made_at < before;
  DELETE FROM bulk_sets WHERE made_at < before;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  RETURN dropped;
END $$;
--> statement-breakpoint
-- A kept view's owner is told by mail once a passing of its threshold, by the day alone (server/jobs/watch-views).
ALTER TABLE "saved_views" ADD COLUMN "watched_on" date;--> statement-breakpoint
ALTER TABLE "saved_views" ADD COLUMN "over_on" date;--> statement-breakpoint
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_watch_ck" CHECK ("saved_views"."over_on" is null or "saved_views"."threshold" is not null and "saved_views"."watched_on" is not null and "saved_views"."over_on" <= "saved_views"."watched_on");--> statement-breakpoint
ALTER TABLE "staff_mails" DROP CONSTRAINT "staff_mails_kind_ck";--> statement-breakpoint
ALTER TABLE "staff_mails" ADD CONSTRAINT "staff_mails_kind_ck" CHECK ("staff_mails"."kind" in ('enrolment', 'deadline', 'major', 'supervision', 'calendar', 'plan', 'dispute', 'budget', 'view'));
--> statement-breakpoint
CREATE TABLE "tip_tally_deltas" (
	"kind" text NOT NULL,
	"key" text NOT NULL,
	"day" date NOT NULL,
	"tips" integer NOT NULL
);
--> statement-breakpoint
DROP INDEX "tip_tallies_day_ix";--> statement-breakpoint
CREATE INDEX "tip_tallies_day_ix" ON "tip_tallies" USING btree ("day","tips");--> statement-breakpoint
-- Reports of a day on a lead and in a place were counted anew from all of two days, each hour. Now a report notes itself
-- as it comes, all of one statement together, and where it moves; the portal adds the notes up, so many at a time.
ALTER TABLE tip_tally_deltas ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
CREATE POLICY portal ON tip_tally_deltas USING ((SELECT acting_for_portal()));--> statement-breakpoint
CREATE FUNCTION tally_new_tips() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO tip_tally_deltas (kind, key, day, tips)
  SELECT 'lead', lead_id::text, arrived_on, count(*) FROM came WHERE lead_id IS NOT NULL GROUP BY 2, 3
  UNION ALL
  SELECT 'place', coalesce(operating_at, registered_at, occurred_at), arrived_on, count(*) FROM came
   WHERE lead_id IS NOT NULL AND coalesce(operating_at, registered_at, occurred_at) ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$' GROUP BY 2, 3;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_tallied AFTER INSERT ON tips REFERENCING NEW TABLE AS came
  FOR EACH STATEMENT EXECUTE FUNCTION tally_new_tips();
--> statement-breakpoint
-- A report without a lead (suspected of being spam) counts nowhere, not in its place either.
CREATE FUNCTION tally_moved_tip() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE place text := coalesce(NEW.operating_at, NEW.registered_at, NEW.occurred_at);
BEGIN
  INSERT INTO tip_tally_deltas (kind, key, day, tips)
  SELECT moved.kind, moved.key, NEW.arrived_on, sum(moved.tips)
    FROM (VALUES ('lead', OLD.lead_id::text, -1), ('lead', NEW.lead_id::text, 1),
                 ('place', CASE WHEN OLD.lead_id IS NOT NULL THEN place END, -1),
                 ('place', CASE WHEN NEW.lead_id IS NOT NULL THEN place END, 1)) moved (kind, key, tips)
   WHERE moved.kind = 'lead' AND moved.key IS NOT NULL OR moved.key ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$'
   GROUP BY 1, 2 HAVING sum(moved.tips) <> 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER tips_tally_moved AFTER UPDATE OF lead_id ON tips FOR EACH ROW
  WHEN (OLD.lead_id IS DISTINCT FROM NEW.lead_id) EXECUTE FUNCTION tally_moved_tip();
--> statement-breakpoint
-- What was noted becomes part of the tallies, so many notes at a time; says how many. One at a time.
CREATE FUNCTION settle_tallies(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE settled integer;
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('tip_tallies_settler', 'the portal itself settles the tallies');
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('find-surges', 0));
  WITH gone AS (DELETE FROM tip_tally_deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM tip_tally_deltas LIMIT at_most)) RETURNING *),
  summed AS (SELECT kind, key, day, sum(tips) AS tips FROM gone GROUP BY 1, 2, 3),
  added AS (
    INSERT INTO tip_tallies AS t (kind, key, day, tips) SELECT kind, key, day, tips FROM summed
    ON CONFLICT ON CONSTRAINT tip_tallies_uq DO UPDATE SET tips = t.tips + excluded.tips)
  SELECT count(*) INTO settled FROM gone;
  RETURN settled;
END $$;
--> statement-breakpoint
-- What of the last days was there before: counted once more, as the job did.
DELETE FROM tip_tallies WHERE day >= (now() AT TIME ZONE 'Asia/Shanghai')::date - 1;
--> statement-breakpoint
INSERT INTO tip_tallies (kind, key, day, tips)
SELECT 'lead', lead_id::text, arrived_on, count(*) FROM tips
 WHERE arrived_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 AND lead_id IS NOT NULL GROUP BY 2, 3
UNION ALL
SELECT 'place', coalesce(operating_at, registered_at, occurred_at), arrived_on, count(*) FROM tips
 WHERE arrived_on >= (now() AT TIME ZONE 'Asia/Shanghai')::date - 1 AND lead_id IS NOT NULL
   AND coalesce(operating_at, registered_at, occurred_at) ~ '^[0-9A-Z]*[0-9][0-9A-Z]*$' GROUP BY 2, 3;
--> statement-breakpoint
-- As in 0026, but so many notes at a time: after a list of a hundred thousand reports one run still holds no more than
-- these. Says how many it settled.
CREATE FUNCTION settle_board_counts(at_most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  cards_settled integer;
  tips_settled integer;
BEGIN
  IF NOT acting_for_portal() THEN
    PERFORM refuse('board_counts_settler', 'the portal itself settles the counts');
  END IF;
  PERFORM pg_advisory_xact_lock(7301664);
  WITH gone AS (DELETE FROM board_deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM board_deltas LIMIT at_most)) RETURNING *),
  summed AS (SELECT reach, pack_id, stage, sum(cards) AS cards FROM gone GROUP BY 1, 2, 3),
  added AS (
    INSERT INTO board_counts AS c (reach, pack_id, stage, cards) SELECT reach, pack_id, stage, cards FROM summed
    ON CONFLICT (reach, pack_id, stage) DO UPDATE SET cards = c.cards + excluded.cards)
  SELECT count(*) INTO cards_settled FROM gone;
  WITH gone AS (DELETE FROM lead_tip_deltas WHERE ctid = ANY (ARRAY(SELECT ctid FROM lead_tip_deltas LIMIT at_most)) RETURNING *),
  summed AS (SELECT lead_id, official, sum(tips) AS tips FROM gone GROUP BY 1, 2),
  added AS (
    INSERT INTO lead_tip_counts AS c (lead_id, official, tips) SELECT lead_id, official, tips FROM summed
    ON CONFLICT (lead_id, official) DO UPDATE SET tips = c.tips + excluded.tips)
  SELECT count(*) INTO tips_settled FROM gone;
  RETURN greatest(cards_settled, tips_settled);
END $$;
--> statement-breakpoint
CREATE OR REPLACE FUNCTION settle_board_counts() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  PERFORM settle_board_counts(2147483647);
END $$;
--> statement-breakpoint
-- As keep_arrival_order (0025), asked once a statement. Asked for each row, whether a later number is there was answered by
-- reading the whole register for each report: the planner takes a third of the numbers to be later.
CREATE FUNCTION keep_arrivals_in_order() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
  first_no bigint := (SELECT min(f.arrival_no) FROM fresh f);
BEGIN
  IF (SELECT count(*) FROM arrival_ranks r WHERE r.arrival_no >= first_no) <> (SELECT count(*) FROM fresh)
     OR EXISTS (SELECT 1 FROM fresh f
         WHERE (SELECT t.arrival_no FROM tips t WHERE t.id = f.tip_id) IS DISTINCT FROM f.arrival_no)
     -- Within the statement a lead's ranks follow the numbers without a gap; the first follows what is there, the last ends it.
     OR EXISTS (SELECT 1 FROM (
         SELECT f.rank - row_number() OVER (PARTITION BY f.lead_id ORDER BY f.arrival_no) AS before,
                min(f.rank) OVER (PARTITION BY f.lead_id) - 1 AS had FROM fresh f WHERE f.lead_id IS NOT NULL) s
         WHERE s.before <> s.had)
     OR EXISTS (SELECT 1 FROM (
         SELECT f.lead_id, min(f.rank) - 1 AS had, max(f.rank) AS top FROM fresh f WHERE f.lead_id IS NOT NULL GROUP BY 1) s
         -- Not as "exists": that is answered from a table of the whole register.
         WHERE s.had > 0 AND (SELECT true FROM arrival_ranks r WHERE r.lead_id = s.lead_id AND r.rank = s.had LIMIT 1) IS NULL
            OR s.top <> (SELECT r.rank FROM arrival_ranks r WHERE r.lead_id = s.lead_id ORDER BY r.rank DESC LIMIT 1)) THEN
    PERFORM refuse('arrival_ranks_order', 'arrivals are registered in their order, without gaps on a lead');
  END IF;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER arrival_ranks_order ON arrival_ranks;
--> statement-breakpoint
CREATE TRIGGER arrival_ranks_order AFTER INSERT ON arrival_ranks REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION keep_arrivals_in_order();
--> statement-breakpoint
DROP FUNCTION keep_arrival_order();
--> statement-breakpoint
-- What follows makes of triggers for each row triggers for each statement. Asked for each report, planned anew at each
-- call, the board's terms, places and numbers were half of what the database did for a file of reports. The planner is
-- held to the indexes: it plans once a session, mostly while tables are small, and what is small then is read whole later.
-- As in 0026, and without planning a query for each name.
CREATE OR REPLACE FUNCTION name_terms(said text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
  folded text := fold_for_search(said);
  terms text[] := '{}';
  pair text;
BEGIN
  IF coalesce(length(folded), 0) < 2 THEN RETURN terms; END IF;
  terms := ARRAY['n:' || folded];
  FOR place IN 1 .. length(folded) - 1 LOOP
    pair := 'g:' || substr(folded, place, 2);
    IF pair <> ALL (terms) THEN terms := terms || pair; END IF;
  END LOOP;
  RETURN terms;
END $$;
--> statement-breakpoint
-- note_lead_terms (0026) for many leads: the same terms, the same thousand a lead. Terms that are there are looked up by
-- their whole key, since many leads have the same ones.
CREATE FUNCTION note_terms_of_leads(of_leads uuid[], terms text[], open boolean[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  ids uuid[];
  numbers bigint[];
  new_leads uuid[];
  new_numbers bigint[];
  new_terms text[];
  new_open boolean[];
BEGIN
  SELECT array_agg(d.lead_id), array_agg((SELECT l.number FROM leads l WHERE l.id = d.lead_id)) INTO ids, numbers
    FROM (SELECT DISTINCT u.lead_id FROM unnest(of_leads) u(lead_id)) d
   WHERE (SELECT count(*) FROM (SELECT 1 FROM lead_terms k WHERE k.lead_id = d.lead_id AND k.reach = '' LIMIT 1000) k) < 1000;
  SELECT array_agg(s.lead_id), array_agg(s.number), array_agg(s.term), array_agg(s.open)
    INTO new_leads, new_numbers, new_terms, new_open
    FROM (SELECT u.lead_id, n.number, u.term, bool_or(u.open) AS open
            FROM unnest(of_leads, terms, open) u(lead_id, term, open) JOIN unnest(ids, numbers) n(lead_id, number) USING (lead_id)
           GROUP BY 1, 2, 3) s
   WHERE NOT coalesce((SELECT k.shared OR NOT s.open FROM lead_terms k
                        WHERE k.reach = '' AND k.term = s.term AND k.number = s.number), false);
  IF new_leads IS NULL THEN RETURN; END IF;
  -- In one order, so that two reports which bring the same names wait for each other and never around.
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT '', s.term, s.number, s.lead_id, s.open
    FROM unnest(new_leads, new_numbers, new_terms, new_open) s(lead_id, number, term, open) ORDER BY s.number, s.term
  ON CONFLICT (reach, term, number) DO UPDATE SET shared = true WHERE excluded.shared AND NOT lead_terms.shared;
  INSERT INTO lead_terms (reach, term, number, lead_id, shared)
  SELECT h.reach, s.term, s.number, s.lead_id, true
    FROM (SELECT d.lead_id, c.reach FROM (SELECT DISTINCT u.lead_id FROM unnest(new_leads) u(lead_id)) d
            CROSS JOIN LATERAL (SELECT c.reach FROM lead_cards c WHERE c.lead_id = d.lead_id AND c.reach <> '' OFFSET 0) c) h
    JOIN unnest(new_leads, new_numbers, new_terms, new_open) s(lead_id, number, term, open) ON s.lead_id = h.lead_id AND s.open
   ORDER BY s.number, h.reach, s.term
  ON CONFLICT (reach, term, number) DO NOTHING;
END $$;
--> statement-breakpoint
-- As its like (0026): for the triggers alone.
REVOKE EXECUTE ON FUNCTION note_terms_of_leads(uuid[], text[], boolean[]) FROM PUBLIC;
--> statement-breakpoint
-- New leads: nobody holds one yet, nothing has come to it, and its sectors are still to be said.
CREATE FUNCTION add_cards_of_leads() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  INSERT INTO lead_cards (reach, lead_id, pack_id, number, stage, is_major, sectors, opened_on, due_on)
  SELECT '', l.id, l.pack_id, l.number, l.stage, l.is_major, '{}', l.opened_on,
         CASE WHEN l.stage = 'dispatched' THEN l.accept_due_on
           WHEN l.stage IN ('investigating', 'determined') THEN l.handle_due_on END
    FROM fresh l WHERE l.closure_code IS DISTINCT FROM 'duplicate';
  PERFORM note_terms_of_leads(array_agg(l.id), array_agg(t.term), array_agg(true))
     FROM fresh l CROSS JOIN LATERAL unnest(name_terms(l.name)) t(term) HAVING count(*) > 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER leads_cards ON leads;
--> statement-breakpoint
CREATE TRIGGER leads_cards AFTER
  UPDATE OF pack_id, stage, is_major, leading_office_only, closure_code, name, accept_due_on, handle_due_on ON leads
  FOR EACH ROW EXECUTE FUNCTION keep_cards_of_lead();
--> statement-breakpoint
CREATE TRIGGER leads_cards_added AFTER INSERT ON leads REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION add_cards_of_leads();
--> statement-breakpoint
-- A sector that is added changes what a lead's cards say of sectors, and nothing else of them.
CREATE FUNCTION add_sectors_to_cards() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  UPDATE lead_cards c SET sectors = s.said
    FROM (SELECT d.lead_id, ARRAY(SELECT k.sector FROM lead_sectors k WHERE k.lead_id = d.lead_id AND k.to_on IS NULL
                                   ORDER BY k.is_primary DESC, k.sector) AS said
            FROM (SELECT DISTINCT f.lead_id FROM fresh f) d OFFSET 0) s
   WHERE c.lead_id = s.lead_id AND c.sectors <> s.said;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER lead_sectors_cards ON lead_sectors;
--> statement-breakpoint
CREATE TRIGGER lead_sectors_cards AFTER UPDATE ON lead_sectors FOR EACH ROW EXECUTE FUNCTION keep_cards();
--> statement-breakpoint
CREATE TRIGGER lead_sectors_cards_added AFTER INSERT ON lead_sectors REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION add_sectors_to_cards();
--> statement-breakpoint
-- What reports add to their leads (join_tip, 0026), and to what may wait for keys (note_wait_of_tip, 0040). Whoever takes
-- a lead meanwhile waits for its row, which each report locks before this.
CREATE FUNCTION join_tips() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  INSERT INTO lead_tip_deltas (lead_id, official, tips)
  SELECT t.lead_id, t.concerns_official, count(*) FROM fresh t WHERE t.lead_id IS NOT NULL GROUP BY 1, 2;
  -- The first report that names a place; of those about officials only the leading office's own card knows.
  UPDATE lead_cards c SET place = p.place, place_no = p.place_no
    FROM (SELECT DISTINCT ON (o.own, t.lead_id) o.own, t.lead_id, t.arrival_no AS place_no,
                 coalesce(t.operating_at, t.registered_at, t.occurred_at) AS place
            FROM fresh t CROSS JOIN (VALUES (true), (false)) o(own)
           WHERE t.lead_id IS NOT NULL AND coalesce(t.operating_at, t.registered_at, t.occurred_at) IS NOT NULL
             AND (o.own OR NOT t.concerns_official)
           ORDER BY o.own, t.lead_id, t.arrival_no) p
   WHERE c.lead_id = p.lead_id AND (c.reach = '') = p.own AND (c.place_no IS NULL OR c.place_no > p.place_no);
  -- A report that calls the subject as the lead does says nothing new.
  PERFORM note_terms_of_leads(array_agg(s.lead_id), array_agg(k.term), array_agg(NOT s.official))
     FROM (SELECT DISTINCT t.lead_id, t.concerns_official AS official, t.uscc, nullif(t.subject_name,
                  (SELECT l.name FROM leads l WHERE l.id = t.lead_id)) AS name
             FROM fresh t WHERE t.lead_id IS NOT NULL) s
     CROSS JOIN LATERAL (SELECT unnest(name_terms(s.name)) AS term WHERE s.name IS NOT NULL
                         UNION ALL SELECT 'k:uscc:' || s.uscc WHERE s.uscc IS NOT NULL) k HAVING count(*) > 0;
  INSERT INTO key_waits (tip_id, lead_id)
  SELECT t.id, t.lead_id
    FROM (SELECT d.lead_id FROM (SELECT DISTINCT f.lead_id FROM fresh f WHERE f.lead_id IS NOT NULL AND NOT f.concerns_official) d
           WHERE (SELECT true FROM lead_agencies h
                   WHERE h.lead_id = d.lead_id AND h.to_at IS NULL AND h.relation IN ('lead', 'co_lead') LIMIT 1)) held
    JOIN fresh t ON t.lead_id = held.lead_id AND NOT t.concerns_official
  ON CONFLICT (tip_id) DO UPDATE SET lead_id = excluded.lead_id;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER tips_card_added ON tips;
--> statement-breakpoint
DROP TRIGGER tips_key_wait_added ON tips;
--> statement-breakpoint
CREATE TRIGGER tips_joined AFTER INSERT ON tips REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION join_tips();
--> statement-breakpoint
CREATE FUNCTION join_identifiers() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  PERFORM note_terms_of_leads(array_agg(t.lead_id), array_agg(k.term), array_agg(NOT t.concerns_official))
     FROM fresh i JOIN tips t ON t.id = i.tip_id AND t.lead_id IS NOT NULL
     CROSS JOIN LATERAL unnest(CASE WHEN i.kind = 'app' THEN name_terms(i.value)
       ELSE ARRAY['k:' || i.kind || ':' || left(i.key, 200)] END) k(term)
    WHERE i.kind IN ('site', 'app', 'phone', 'account') HAVING count(*) > 0;
  RETURN NULL;
END $$;
--> statement-breakpoint
DROP TRIGGER tip_identifiers_card ON tip_identifiers;
--> statement-breakpoint
CREATE TRIGGER tip_identifiers_joined AFTER INSERT ON tip_identifiers REFERENCING NEW TABLE AS fresh
  FOR EACH STATEMENT EXECUTE FUNCTION join_identifiers();
--> statement-breakpoint
DROP FUNCTION keep_identifier_on_card();
